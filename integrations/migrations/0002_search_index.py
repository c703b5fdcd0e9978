"""The table of search tokens beside SearchDocument, in the form each database understands."""

from django.db import migrations

FORWARDS = {
    "sqlite": [
        "CREATE VIRTUAL TABLE IF NOT EXISTS integrations_search_fts USING fts5("
        "title, body, tokenize='unicode61 remove_diacritics 0 categories ''L* N* M* Co Cn''')"
    ],
    "postgresql": [
        "CREATE TABLE IF NOT EXISTS integrations_search_vector "
        "(document_id bigint PRIMARY KEY, vector tsvector NOT NULL)",
        "CREATE INDEX IF NOT EXISTS integrations_search_vector_gin ON integrations_search_vector USING gin (vector)",
    ],
}
BACKWARDS = {
    "sqlite": ["DROP TABLE IF EXISTS integrations_search_fts"],
    "postgresql": ["DROP TABLE IF EXISTS integrations_search_vector"],
}


def create_index(apps, schema_editor):
    for statement in FORWARDS.get(schema_editor.connection.vendor, []):
        schema_editor.execute(statement)


def drop_index(apps, schema_editor):
    for statement in BACKWARDS.get(schema_editor.connection.vendor, []):
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("integrations", "0001_monitors")]

    operations = [migrations.RunPython(create_index, drop_index)]
