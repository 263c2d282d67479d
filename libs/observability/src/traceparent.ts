import { randomBytes } from 'node:crypto';

/** The parts of a W3C `traceparent` header, version 00: hex, lower case. */
export interface Traceparent {
  /** 32 hex digits, the same for everything one request causes. */
  readonly traceId: string;
  /** 16 hex digits, new for every hop. */
  readonly spanId: string;
  readonly sampled: boolean;
}

/** Version 00 ends after the flags, later ones may go on; `ff` and identifiers of zeros are invalid. */
const FORMAT =
  /^(?!ff)(?:00(?=-[^-]*-[^-]*-..$)|(?!00)[0-9a-f]{2})-(?<traceId>(?!0+-)[0-9a-f]{32})-(?<spanId>(?!0+-)[0-9a-f]{16})-(?<flags>[0-9a-f]{2})(?:-.*)?$/;
const SAMPLED = 0x01;

/** Reads a header as the specification says, later versions included; `undefined` when it must be ignored. */
export function parseTraceparent(header: string | undefined): Traceparent | undefined {
  const found = FORMAT.exec(header ?? '')?.groups;
  if (found === undefined) return undefined;
  const { traceId = '', spanId = '', flags = '' } = found;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & SAMPLED) === SAMPLED };
}

export function formatTraceparent({ traceId, spanId, sampled }: Traceparent): string {
  return `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;
}

/** A new hop: in the trace of `parent` when that is a valid header, else in a new trace. */
export function nextTraceparent(parent?: string): string {
  const known = parseTraceparent(parent);
  return formatTraceparent({
    traceId: known?.traceId ?? randomBytes(16).toString('hex'),
    spanId: randomBytes(8).toString('hex'),
    sampled: known?.sampled ?? true,
  });
}
