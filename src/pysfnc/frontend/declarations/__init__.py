"""What declarations say: functions, classes, annotations, decorators."""
