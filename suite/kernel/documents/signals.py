from django.dispatch import Signal

# Every transition, when it is saved: integration records an event for acts whose rows carry one as their cause.
act_done = Signal()
