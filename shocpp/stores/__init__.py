"""What keeps records beyond files, and the process that books for another one."""
