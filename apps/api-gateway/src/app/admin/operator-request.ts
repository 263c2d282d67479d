import type { ChangeRequest } from '../instances/change-request';

/** A change an operator asks for, and of whom or what. */
export interface OperatorRequest extends ChangeRequest {
  readonly id: string;
}
