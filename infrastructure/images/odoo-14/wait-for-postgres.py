#!/usr/bin/python3
"""Waits until PostgreSQL accepts this user; host, port, user and password come from libpq's own environment."""
import sys
import time

import psycopg2


def main(timeout):
    deadline = time.monotonic() + timeout
    while True:
        try:
            psycopg2.connect(dbname="postgres", connect_timeout=5).close()
            return 0
        except psycopg2.OperationalError as error:
            if time.monotonic() >= deadline:
                print("odoo image: no connection to PostgreSQL: %s" % error, file=sys.stderr)
                return 1
        time.sleep(0.2)


sys.exit(main(float(sys.argv[1])))
