"""What there is in AWS: services, operations, their types, and how Step Functions spells all of it.

Standard library only; botocore's data files are read without importing botocore, when something asks for them.
"""

from pysfnc.aws.data import BotocoreMissing, UnknownService, service_names
from pysfnc.aws.iam import actions_of, prefix_of
from pysfnc.aws.names import java_member, method_name
from pysfnc.aws.optimised import Job, Optimised, optimised_for, optimised_named
from pysfnc.aws.services import (
    ErrorShape,
    Operation,
    Paginator,
    Service,
    UnknownOperation,
    Waiter,
    service,
    service_of_asl,
)
from pysfnc.aws.shapes import Kind, Member, Naming, Shape
from pysfnc.aws.translate import (
    RefusedArguments,
    Untranslatable,
    answer_to_asl,
    answer_to_boto,
    arguments_to_asl,
    arguments_to_boto,
    is_same,
    iso_text,
    moment_of,
)

__all__ = [
    "BotocoreMissing",
    "ErrorShape",
    "Job",
    "Kind",
    "Member",
    "Naming",
    "Operation",
    "Optimised",
    "Paginator",
    "RefusedArguments",
    "Service",
    "Shape",
    "UnknownOperation",
    "UnknownService",
    "Untranslatable",
    "Waiter",
    "actions_of",
    "answer_to_asl",
    "answer_to_boto",
    "arguments_to_asl",
    "arguments_to_boto",
    "is_same",
    "iso_text",
    "java_member",
    "method_name",
    "moment_of",
    "optimised_for",
    "optimised_named",
    "prefix_of",
    "service",
    "service_names",
    "service_of_asl",
]
