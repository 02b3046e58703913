"""Errors that no model lists, told by their texts.

Step Functions names such an error after its service only (`Ec2.Ec2Exception`), and its Cause holds no code. Of the errors here the text is
always of the same form, as the error reports of many programs show it beside the code.
"""

from collections.abc import Mapping
from typing import Final

_Form = tuple[str, str]

TEXTS: Final[Mapping[tuple[str, str], tuple[_Form, ...]]] = {
    ("ec2", "InvalidInstanceID.NotFound"): (
        ("The instance ID '", "' does not exist"),
        ("The instance IDs '", "' do not exist"),
    ),
    ("ec2", "InvalidAMIID.NotFound"): (
        ("The image id '[", "]' does not exist"),
        ("The image ids '[", "]' do not exist"),
    ),
}
"""Service, code -> how the text begins and ends."""
