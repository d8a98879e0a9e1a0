"""What is told to those who follow along, by way of EventBridge."""
