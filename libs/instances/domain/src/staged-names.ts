/**
 * What an operation prepares beside the data of an instance. No customer's database has an underscore in its name, so these
 * names are nobody's.
 */
export function stagedDatabaseName(operationId: string): string {
  return `saasodoo_staged_${withoutHyphens(operationId)}`;
}

export function stagedDirectoryName(directory: string, operationId: string): string {
  return `${directory}_staged_${withoutHyphens(operationId)}`;
}

/** Whether a database or directory of this name is one that an operation prepares: nobody needs it once that has ended. */
export function isStagedName(name: string): boolean {
  return /_staged_[0-9a-f]{32}$/.test(name);
}

function withoutHyphens(id: string): string {
  return id.replaceAll('-', '').toLowerCase();
}
