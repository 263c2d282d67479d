import type { FactoryProvider } from '@nestjs/common';
import { TenantDatabases } from '@saasodoo/databases';
import type { InstanceStorage } from '@saasodoo/storage';
import { Swarm } from '@saasodoo/swarm';
import { INSTANCE_STORAGE } from '@saasodoo/tenants';
import { JanitorConfig } from '../app.config';
import type { Reaper } from '../reap/reaper';
import { DatabaseReaper } from './database.reaper';
import { DirectoryReaper } from './directory.reaper';
import { NetworkReaper } from './network.reaper';
import { RoleReaper } from './role.reaper';
import { SecretReaper } from './secret.reaper';
import { ServiceReaper } from './service.reaper';

export const REAPERS = Symbol('reapers');

/** One for each kind of thing; what uses something comes before what is used. */
export const reapersProvider: FactoryProvider<readonly Reaper[]> = {
  provide: REAPERS,
  inject: [JanitorConfig, Swarm, TenantDatabases, INSTANCE_STORAGE],
  useFactory: (
    { PLATFORM_NAME: platform }: JanitorConfig,
    swarm: Swarm,
    databases: TenantDatabases,
    storage: InstanceStorage,
  ) => [
    new ServiceReaper('service', swarm.services, platform),
    new ServiceReaper('job', swarm.services, platform),
    new SecretReaper(swarm, platform),
    new NetworkReaper(swarm, platform),
    new DatabaseReaper('database', databases, platform),
    new DatabaseReaper('template', databases, platform),
    new RoleReaper(databases, platform),
    new DirectoryReaper(storage, platform),
  ],
};
