// The floor that provisioning is measured against: what an operator's own script would do, with nothing around it.
// Runs in a container on the tenants' network; prints one JSON line with milliseconds per step.
import { createRequire } from 'node:module';
import { chownSync, mkdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const require = createRequire('/app/package.json');
const Docker = require('dockerode');
const { Client } = require('pg');

const {
  DATABASE,
  IMAGE,
  TEMPLATE,
  NETWORK,
  DATABASE_HOST,
  DATABASE_USER,
  DATABASE_PASSWORD,
  DIRECTORY,
  UID_GID,
  PLATFORM,
} = process.env;

const marks = [];
const startedAt = performance.now();
const mark = (name) => marks.push([name, performance.now()]);

const admin = new Client({
  host: DATABASE_HOST,
  user: DATABASE_USER,
  password: DATABASE_PASSWORD,
  database: 'postgres',
});
await admin.connect();
await admin.query(`CREATE DATABASE "${DATABASE}" TEMPLATE "${TEMPLATE}"`);
await admin.end();
mark('create_database');

mkdirSync(DIRECTORY, { recursive: true });
const [uid, gid] = UID_GID.split(':').map(Number);
chownSync(DIRECTORY, uid, gid);
mark('create_directory');

const docker = new Docker();
const service = `odoo-${DATABASE}`;
await docker.createService(undefined, {
  Name: service,
  Labels: { 'saasodoo.instance.id': DATABASE, 'saasodoo.platform': PLATFORM },
  TaskTemplate: {
    ContainerSpec: {
      Image: IMAGE,
      Args: ['odoo', '-d', DATABASE],
      Env: [`HOST=${DATABASE_HOST}`, `USER=${DATABASE_USER}`, `PASSWORD=${DATABASE_PASSWORD}`],
      Mounts: [{ Type: 'bind', Source: DIRECTORY, Target: '/var/lib/odoo' }],
      Init: true,
    },
    Networks: [{ Target: NETWORK }],
  },
  Mode: { Replicated: { Replicas: 1 } },
  EndpointSpec: { Mode: 'dnsrr' },
});
mark('create_service');

const deadline = performance.now() + 120_000;
for (;;) {
  const status = await fetch(`http://${service}:8069/web/login`, {
    signal: AbortSignal.timeout(10_000),
  }).then(
    async (response) => (await response.arrayBuffer(), response.status),
    () => 0,
  );
  if (status === 200) break;
  if (performance.now() > deadline) throw new Error(`no login page; the last status was ${status}`);
  await sleep(25);
}
mark('first_200');

let previous = startedAt;
const steps = {};
for (const [name, at] of marks) {
  steps[name] = Math.round(at - previous);
  previous = at;
}
process.stdout.write(`${JSON.stringify({ total: Math.round(previous - startedAt), steps })}\n`);
