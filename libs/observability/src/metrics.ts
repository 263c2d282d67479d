import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

export interface MetricOptions<Label extends string> {
  /** `saasodoo_{what}_{unit}`, such as `saasodoo_operations_total`. */
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly Label[];
}

export interface HistogramOptions<Label extends string> extends MetricOptions<Label> {
  /** Upper bounds, in the unit of the name. */
  readonly buckets?: readonly number[];
}

/** Seconds; from a cached answer to the longest wait a client may ask for. */
const REQUEST_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** The metrics of this process. Asking twice for a name answers the same metric. */
@Injectable()
export class Metrics {
  private readonly registry = new Registry();
  private readonly requests: Histogram<'method' | 'route' | 'status'>;

  constructor() {
    collectDefaultMetrics({ register: this.registry });
    this.requests = this.histogram({
      name: 'saasodoo_http_request_duration_seconds',
      help: 'Time from a request to the end of its response, by route template.',
      labels: ['method', 'route', 'status'],
      buckets: REQUEST_SECONDS,
    });
  }

  counter<Label extends string = never>(options: MetricOptions<Label>): Counter<Label> {
    const known = this.registry.getSingleMetric(options.name);
    return known instanceof Counter ? known : new Counter(this.configure(options));
  }

  gauge<Label extends string = never>(options: MetricOptions<Label>): Gauge<Label> {
    const known = this.registry.getSingleMetric(options.name);
    return known instanceof Gauge ? known : new Gauge(this.configure(options));
  }

  histogram<Label extends string = never>(options: HistogramOptions<Label>): Histogram<Label> {
    const known = this.registry.getSingleMetric(options.name);
    if (known instanceof Histogram) return known;
    const buckets = options.buckets === undefined ? {} : { buckets: [...options.buckets] };
    return new Histogram({ ...this.configure(options), ...buckets });
  }

  /** @param route the template (`/instances/:id`), never the path: paths are without number. */
  observeRequest(method: string, route: string, status: number, seconds: number): void {
    this.requests.observe({ method, route, status: String(status) }, seconds);
  }

  /** Everything measured so far, in Prometheus' text format. */
  async expose(): Promise<{ readonly contentType: string; readonly body: string }> {
    return { contentType: this.registry.contentType, body: await this.registry.metrics() };
  }

  private configure<Label extends string>({ name, help, labels = [] }: MetricOptions<Label>) {
    return { name, help, labelNames: [...labels], registers: [this.registry] };
  }
}
