/** An error whose message is all the user needs: what is wrong, and what to do about it. No stack is shown for it. */
export class SetupError extends Error {
  readonly advice: string;

  constructor(problem: string, advice: string) {
    super(problem);
    this.name = 'SetupError';
    this.advice = advice;
  }
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Prints an error for a person; the stack only when it is a bug of ours. */
export function printError(error: unknown): void {
  if (error instanceof SetupError) {
    process.stderr.write(`\n${error.message}\n\nWhat to do: ${error.advice}\n`);
    return;
  }
  // A command that failed has said why; where we called it from helps nobody.
  const told = error instanceof Error && error.name === 'CommandFailed';
  const text = error instanceof Error && !told ? (error.stack ?? error.message) : reasonOf(error);
  process.stderr.write(`\n${text}\n`);
}

/** Runs the body of a script that was started by hand; exit code 1 on failure. */
export async function runAsScript(body: () => Promise<void>): Promise<void> {
  try {
    await body();
  } catch (error) {
    printError(error);
    process.exitCode = 1;
  }
}
