"""Courses, sessions, enrolments, attendance, results."""
