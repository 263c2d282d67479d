import { AppError } from '@saasodoo/kernel';

const NAME = /^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$/;

/** `instance.create`, 1 → `instance.create.v1`. */
export function messageType(name: string, version: number): string {
  if (!NAME.test(name) || !Number.isInteger(version) || version < 1) {
    throw AppError.terminal('contract.malformed', `'${name}' version ${version} cannot name a message`, {
      hint: 'Write lower-case words joined by dots, such as instance.create, and a version from 1 up.',
    });
  }
  return `${name}.v${version}`;
}
