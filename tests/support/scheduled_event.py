"""The event of a schedule."""

# https://docs.aws.amazon.com/lambda/latest/dg/with-eventbridge-scheduler.html
SCHEDULED_EVENT = {
    "version": "0",
    "id": "17793124-05d4-b198-2fde-7ededc63b103",
    "detail-type": "Scheduled Event",
    "source": "aws.events",
    "account": "000000000000",
    "time": "2026-11-28T01:30:00Z",
    "region": "eu-west-2",
    "resources": ["arn:aws:events:eu-west-2:000000000000:rule/nightly"],
    "detail": {},
}
