import { defineEvent } from '../define-event';
import { OperationProgressedPayload } from './operation-progressed.payload';

export const OperationProgressed = defineEvent({
  name: 'operation.progressed',
  version: 1,
  payload: OperationProgressedPayload,
});
