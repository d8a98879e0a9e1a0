"""Events about changed slots, published with EventBridge."""
