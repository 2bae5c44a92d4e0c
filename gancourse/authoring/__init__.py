"""From one Python file per lesson to the notebooks of students and instructors."""
