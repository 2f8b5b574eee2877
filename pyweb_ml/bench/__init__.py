"""`pywebml bench`: an app, and its rivals, measured in a real browser on real frames."""
