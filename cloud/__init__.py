"""What puts the app up in AWS, or in an emulator of it to rehearse: packaging and deploying."""
