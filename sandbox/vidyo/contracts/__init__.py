"""The WSDLs that the sandbox's portal and replay server publish and hold their callers to."""
