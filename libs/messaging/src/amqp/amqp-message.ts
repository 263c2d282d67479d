/** What goes over the wire: CloudEvents in AMQP's binary mode, attributes in the headers, JSON in the body. */
export interface AmqpMessage {
  readonly exchange: string;
  readonly routingKey: string;
  /** Also tells returned messages apart, so it must be unique among those in flight. */
  readonly messageId: string;
  readonly type: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Whether no queue taking it is an error. */
  readonly mandatory: boolean;
}
