"""What was read before readings were numbered is the first reading of its corpus."""

from django.db import migrations


def number(apps, schema_editor):
    apps.get_model("nlp", "Opinion").objects.filter(vector__isnull=False, read_no=None).update(read_no=1)
    apps.get_model("nlp", "Corpus").objects.filter(readings=0).update(readings=1)


class Migration(migrations.Migration):
    dependencies = [("nlp", "0003_readings")]

    operations = [migrations.RunPython(number, migrations.RunPython.noop)]
