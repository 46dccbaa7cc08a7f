"""Tests of what a learner meets in the browser: the built site, and the notebooks in JupyterLab."""
