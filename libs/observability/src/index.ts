export { Health, type HealthCheck, type Readiness } from './health';
export { createLogger, loggingParams, type LoggingOptions } from './logging';
export { type HistogramOptions, type MetricOptions, Metrics } from './metrics';
export { ObservabilityModule } from './observability.module';
export {
  OPERATIONAL_PATHS,
  type OperationalAnswer,
  OperationalEndpoints,
  type OperationalPath,
} from './operational-endpoints';
export { isSecretName, redact, REDACTED, redactText } from './redact';
export { RequestContext, type RequestScope } from './request-context';
export { formatTraceparent, nextTraceparent, parseTraceparent, type Traceparent } from './traceparent';
