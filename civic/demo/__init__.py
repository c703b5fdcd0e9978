"""What `manage.py seed_demo` fills an empty house with. Every word is sample content written for this purpose."""
