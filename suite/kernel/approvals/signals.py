"""What approvals announce: `document` is what was asked about, `request` the question."""

from django.dispatch import Signal

approval_given = Signal()
approval_refused = Signal()
