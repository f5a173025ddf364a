"""Explorers, predictions and quizzes: pictures and questions that answer, with a kernel and without one."""
