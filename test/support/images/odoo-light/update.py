"""Stands for `odoo -d DATABASE -u MODULES`: changes a little of everything that an update may change.

It writes the modules down as the parameter `light.updated`, adds a file to the filestore unless it is there, as Odoo does,
removes the one called aa/removed-by-update, and appends a line to addons/changed-by-update. With LIGHT_UPDATE_FAILS it then
ends with exit code 1.
"""

import configparser
import os
import sys

import psycopg2

arguments = sys.argv[1:]
database = arguments[arguments.index("-d") + 1]
modules = arguments[arguments.index("-u") + 1]
config = configparser.RawConfigParser()
config.read(os.environ["ODOO_RC"])
options = config["options"]
filestore = os.path.join(options["data_dir"], "filestore", database)

with psycopg2.connect(
    host=options["db_host"],
    port=options["db_port"],
    user=options["db_user"],
    password=options["db_password"],
    dbname=database,
) as connection:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM ir_config_parameter WHERE key = 'light.updated'")
        cursor.execute(
            "INSERT INTO ir_config_parameter (key, value) VALUES ('light.updated', %s)", [modules]
        )

os.makedirs(os.path.join(filestore, "aa"), exist_ok=True)
added = os.path.join(filestore, "aa", "added-by-update-of-" + modules)
if not os.path.exists(added):
    with open(added, "w") as file:
        file.write(modules)
removed = os.path.join(filestore, "aa", "removed-by-update")
if os.path.exists(removed):
    os.unlink(removed)
changed = os.path.join(options["data_dir"], "addons", "changed-by-update")
if os.path.exists(changed):
    with open(changed, "a") as file:
        file.write("changed\n")

if "LIGHT_UPDATE_FAILS" in os.environ:
    print("odoo-light cannot load registry", file=sys.stderr, flush=True)
    sys.exit(1)
print("odoo-light has updated " + modules, file=sys.stderr, flush=True)
