import { Injectable } from '@nestjs/common';
import { Health } from './health';
import { Metrics } from './metrics';

export interface OperationalAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

export const OPERATIONAL_PATHS = ['/healthz', '/readyz', '/metrics'] as const;
export type OperationalPath = (typeof OPERATIONAL_PATHS)[number];

const JSON_TYPE = 'application/json; charset=utf-8';

/** What an operator or an orchestrator asks any app, whatever serves its HTTP. */
@Injectable()
export class OperationalEndpoints {
  constructor(
    private readonly health: Health,
    private readonly metrics: Metrics,
  ) {}

  async answer(path: OperationalPath): Promise<OperationalAnswer> {
    switch (path) {
      case '/healthz':
        return { status: 200, contentType: JSON_TYPE, body: '{"status":"alive"}' };
      case '/readyz': {
        const readiness = await this.health.readiness();
        return {
          status: readiness.ready ? 200 : 503,
          contentType: JSON_TYPE,
          body: JSON.stringify(readiness),
        };
      }
      case '/metrics':
        return { status: 200, ...(await this.metrics.expose()) };
    }
  }
}
