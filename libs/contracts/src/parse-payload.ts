import { AppError } from '@saasodoo/kernel';
import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';
import type { MessageContract } from './message-contract';

export interface ParsePayloadOptions {
  /** A sender may not add fields (`reject`); a receiver ignores those of a newer sender (`drop`). */
  readonly unknownFields: 'reject' | 'drop';
}

/** Checks a payload against its contract and answers it as the payload class. Throws `message.invalid_payload`. */
export function parsePayload<P extends object>(
  contract: MessageContract<P>,
  plain: unknown,
  { unknownFields }: ParsePayloadOptions,
): P {
  if (typeof plain !== 'object' || plain === null || Array.isArray(plain)) {
    throw invalidPayload(contract, ['the payload must be an object']);
  }
  const payload = plainToInstance(contract.payload, plain);
  const errors = validateSync(payload, {
    whitelist: true,
    forbidNonWhitelisted: unknownFields === 'reject',
    forbidUnknownValues: true,
  });
  if (errors.length > 0) throw invalidPayload(contract, errors.flatMap(sentences));
  return payload;
}

function sentences(error: ValidationError): string[] {
  return [...Object.values(error.constraints ?? {}), ...(error.children ?? []).flatMap(sentences)];
}

function invalidPayload(contract: MessageContract, reasons: readonly string[]): AppError {
  return AppError.terminal('message.invalid_payload', `not a valid ${contract.type}: ${reasons.join('; ')}`, {
    facts: { type: contract.type, reasons },
  });
}
