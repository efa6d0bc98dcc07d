"""What every test has at hand."""

pytest_plugins = ["pytester", "tests.databases", "tests.requirements_plugin"]
