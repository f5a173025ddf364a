"""Explorers, predictions and quizzes: pictures and questions that answer, with a kernel and without one."""

from nnlearn.explore.in_browser import mend_widgets

mend_widgets()
