export { AmqpLink, type AmqpLinkOptions } from './amqp/amqp-link';
export type { AmqpMessage } from './amqp/amqp-message';
export type { ConsumerOptions } from './amqp/supervised-consumer';
export { createTransport } from './create-transport';
export {
  type DeadLetter,
  type DeadLetterCount,
  type DeadLetterDetail,
  type DeadLetterFilter,
  type DeadLetterPlace,
  deadLetterPlaces,
} from './dead-letters/dead-letter';
export { type DeadLetterPage, DeadLetters } from './dead-letters/dead-letters';
export { type ParkedQueueDepth, ParkedQueues } from './dead-letters/parked-queues';
export { EventTap, type TappedEvent } from './event-tap';
export { MessagingHealth, type MessagingReport } from './messaging-health';
export { MessagingMetrics } from './messaging-metrics';
export type { MessagingOptions } from './messaging-options';
export { MessagingModule, type MessagingModuleOptions } from './messaging.module';
export { Outbox, type OutboxMeta } from './outbox/outbox';
export { OutboxRelay, type RelayOptions } from './outbox/outbox-relay';
export { OutboxSignal } from './outbox/outbox-signal';
export { MessagePruner } from './pruning/message-pruner';
export { brokerDefinitions, type BrokerDefinitions } from './topology/broker-definitions';
export { assertHandlersComplete, type HandlersByType } from './transport/assert-handlers-complete';
export { HandleCommand } from './transport/handle-command.decorator';
export { HandleEvent } from './transport/handle-event.decorator';
export type { HandlerDecorator, MessageHandlerMethod } from './transport/handle-message';
export { MessageContext } from './transport/message-context';
export { SaasodooTransport, type TransportOptions } from './transport/saasodoo-transport';
