"""CPU per posting of django-hordak: run by its own environment's Python, prints microseconds."""

import sys
import time

import django
from django.conf import settings
from django.core.management import call_command
from django.db import transaction

BATCH, BATCHES = int(sys.argv[1]), int(sys.argv[2])

settings.configure(
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "mptt", "hordak"],
    MIGRATION_MODULES={"hordak": None},  # its migrations make triggers that SQLite has not
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    DEFAULT_CURRENCY="EUR",
    CURRENCIES=["EUR"],
    USE_TZ=True,
)
django.setup()
call_command("migrate", run_syncdb=True, verbosity=0)

from hordak.models import Account, Leg, Transaction  # noqa: E402 - only after the setup
from moneyed import Money  # noqa: E402

receivable = Account.objects.create(name="Receivable", code="1", type="AS", currencies=["EUR"])
revenue = Account.objects.create(name="Revenue", code="2", type="IN", currencies=["EUR"])

taken = []
for batch in range(BATCHES):
    began = time.process_time()
    with transaction.atomic():
        for number in range(BATCH):
            minor = 100 + batch * BATCH + number
            entry = Transaction.objects.create(description="Capture")
            Leg.objects.create(transaction=entry, account=receivable, debit=Money(minor, "EUR"))
            Leg.objects.create(transaction=entry, account=revenue, credit=Money(minor, "EUR"))
    taken.append(time.process_time() - began)
print(min(taken) / (2 * BATCH) * 1e6)
