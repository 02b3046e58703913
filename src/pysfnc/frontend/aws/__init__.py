"""AWS: clients and resources of boto3, jobs, callbacks, child workflows, distributed maps, HTTP."""
