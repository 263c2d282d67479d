import { type BeforeApplicationShutdown, Logger, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { InstanceEntity, InstanceRepository } from '@saasodoo/instances/data-access';
import { toErrorRecord } from '@saasodoo/kernel';
import { Health } from '@saasodoo/observability';
import { PersistenceModule } from '@saasodoo/persistence';
import { DataSource } from 'typeorm';
import { EdgeConfig } from './app.config';
import { ClientAddresses } from './client-addresses';
import { EdgeMetrics } from './edge-metrics';
import { EdgeServer } from './edge-server';
import { Forwarder } from './proxy/forwarder';
import { UpstreamAgents } from './proxy/upstream-agents';
import { RouteCache } from './routing/route-cache';
import { Router } from './routing/router';
import { throttled } from './throttled';

const APP_NAME = 'edge';
const TELL_OF_FAILURES_EVERY_MS = 10_000;

@Module({
  imports: [
    PersistenceModule.forRootAsync({
      inject: [EdgeConfig],
      useFactory: (config: EdgeConfig) => ({
        url: config.CONTROL_DATABASE_URL,
        ...(config.CONTROL_DATABASE_PASSWORD === undefined
          ? {}
          : { password: config.CONTROL_DATABASE_PASSWORD }),
        poolSize: config.DATABASE_POOL_SIZE,
        applicationName: APP_NAME,
        entities: [InstanceEntity],
      }),
    }),
  ],
  providers: [
    EdgeMetrics,
    {
      provide: RouteCache,
      inject: [DataSource],
      useFactory: (dataSource: DataSource) =>
        new RouteCache(new InstanceRepository(dataSource), lookupFailureLog()),
    },
    {
      provide: Router,
      inject: [RouteCache, EdgeConfig],
      useFactory: (routes: RouteCache, config: EdgeConfig) =>
        new Router(routes, { baseDomain: config.BASE_DOMAIN, gatewayUrl: config.GATEWAY_URL }),
    },
    {
      provide: UpstreamAgents,
      inject: [EdgeConfig],
      useFactory: (config: EdgeConfig) =>
        new UpstreamAgents({
          toInstance: config.CONNECTIONS_PER_HOST,
          toGateway: config.GATEWAY_CONNECTIONS,
        }),
    },
    {
      provide: Forwarder,
      inject: [UpstreamAgents, EdgeMetrics],
      useFactory: (agents: UpstreamAgents, metrics: EdgeMetrics) => new Forwarder(agents, metrics),
    },
    {
      provide: EdgeServer,
      inject: [Router, Forwarder, EdgeMetrics, EdgeConfig],
      useFactory: (router: Router, forwarder: Forwarder, metrics: EdgeMetrics, config: EdgeConfig) =>
        new EdgeServer(router, forwarder, metrics, {
          port: config.HTTP_PORT,
          publicScheme: config.PUBLIC_SCHEME,
          clientAddresses: new ClientAddresses(config.TRUSTED_PROXIES),
          requestsPerClient: config.REQUESTS_PER_CLIENT,
        }),
    },
  ],
})
export class AppModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(AppModule.name);

  constructor(
    private readonly server: EdgeServer,
    private readonly agents: UpstreamAgents,
    private readonly health: Health,
  ) {}

  /** The control database is no condition: with it away, known instances are still served. */
  async onApplicationBootstrap(): Promise<void> {
    const port = await this.server.listen();
    this.logger.log(`the world comes in on port ${port}`);
    this.health.register('entrance', () => {
      if (!this.server.isListening) throw new Error('the entrance takes no requests');
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.server.close();
    this.agents.close();
  }
}

function lookupFailureLog(): (error: unknown) => void {
  const logger = new Logger(RouteCache.name);
  return throttled((error) => {
    logger.error(`a route could not be looked up: ${toErrorRecord(error).message}`);
  }, TELL_OF_FAILURES_EVERY_MS);
}
