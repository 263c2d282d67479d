import {
  type DynamicModule,
  type FactoryProvider,
  Inject,
  Module,
  type ModuleMetadata,
  type OnApplicationShutdown,
  type Provider,
  type Type,
} from '@nestjs/common';
import { type ConnectOptions } from './connection/docker-connection';
import { ServiceControl } from './control/service-control';
import { Convergence } from './convergence/convergence';
import { SwarmEvents } from './events/swarm-events';
import { SwarmJobs } from './jobs/swarm-jobs';
import { SwarmNetworks } from './networks/swarm-networks';
import { SwarmNodes } from './nodes/swarm-nodes';
import { SwarmSecrets } from './secrets/swarm-secrets';
import { SwarmServices } from './services/swarm-services';
import { connectSwarm, Swarm } from './swarm';
import { SwarmTasks } from './tasks/swarm-tasks';

export interface SwarmModuleOptions {
  readonly imports?: ModuleMetadata['imports'];
  readonly inject?: FactoryProvider<ConnectOptions>['inject'];
  readonly useFactory: FactoryProvider<ConnectOptions>['useFactory'];
}

const CONNECT_OPTIONS = Symbol('swarm connect options');

/** Provides `Swarm` and each of its parts to the whole application; connects when it starts, closes when it shuts down. */
@Module({})
export class SwarmModule implements OnApplicationShutdown {
  constructor(@Inject(Swarm) private readonly swarm: Swarm) {}

  static forRootAsync({ imports = [], inject = [], useFactory }: SwarmModuleOptions): DynamicModule {
    const parts: Provider[] = [
      { provide: Swarm, inject: [CONNECT_OPTIONS], useFactory: connectSwarm },
      part(SwarmServices, (swarm) => swarm.services),
      part(SwarmTasks, (swarm) => swarm.tasks),
      part(SwarmSecrets, (swarm) => swarm.secrets),
      part(SwarmNetworks, (swarm) => swarm.networks),
      part(SwarmNodes, (swarm) => swarm.nodes),
      part(Convergence, (swarm) => swarm.convergence),
      part(SwarmJobs, (swarm) => swarm.jobs),
      part(ServiceControl, (swarm) => swarm.control),
      part(SwarmEvents, (swarm) => swarm.events),
    ];
    const providers = [{ provide: CONNECT_OPTIONS, inject, useFactory }, ...parts];
    return { module: SwarmModule, global: true, imports, providers, exports: parts };
  }

  onApplicationShutdown(): void {
    this.swarm.close();
  }
}

function part<T>(provide: Type<T>, pick: (swarm: Swarm) => T): FactoryProvider<T> {
  return { provide, inject: [Swarm], useFactory: pick };
}
