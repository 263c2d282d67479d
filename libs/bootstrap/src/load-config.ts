import 'reflect-metadata';
import { AppError } from '@saasodoo/kernel';
import { isSecretName, REDACTED, redactText } from '@saasodoo/observability';
import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, validateSync, type ValidationError } from 'class-validator';
import { type Environment, type RawVariable, readVariable } from './environment';

/** A class whose validated properties are environment variables; what has an initialiser is optional. */
export type ConfigClass<T extends object> = new () => T;

/**
 * Reads `configClass` from `env`, checks it and freezes it. Numbers and booleans (`true`, `false`) are converted by the
 * property's declared type. Throws `config.invalid`, which lists everything that is wrong and how to mend it.
 */
export function loadConfig<T extends object>(
  configClass: ConfigClass<T>,
  env: Environment = process.env,
): Readonly<T> {
  const variables = variableNames(configClass).map((name) => readVariable(name, env));
  const config = instantiate(configClass, variables);
  const problems = findProblems(config, variables);
  if (problems.length > 0) throw invalid(problems);
  return Object.freeze(config);
}

function variableNames(configClass: ConfigClass<object>): string[] {
  const metadata = getMetadataStorage().getTargetValidationMetadatas(configClass, '', true, false);
  return [...new Set(metadata.map(({ propertyName }) => propertyName))];
}

function instantiate<T extends object>(configClass: ConfigClass<T>, variables: readonly RawVariable[]): T {
  const given = variables.filter(({ value }) => value !== undefined);
  const plain = Object.fromEntries(given.map(({ name, value }) => [name, value]));
  const config = plainToInstance(configClass, plain, { exposeDefaultValues: true });
  for (const { name } of given) {
    const value: unknown = Reflect.get(config, name);
    if (typeof value === 'string') Reflect.set(config, name, convert(value, typeOf(configClass, name)));
  }
  return config;
}

function typeOf(configClass: ConfigClass<object>, name: string): unknown {
  return Reflect.getMetadata('design:type', configClass.prototype as object, name);
}

/** What does not convert stays a string, and then fails its check with its own text in the message. */
function convert(text: string, type: unknown): unknown {
  if (type === Number) return text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text);
  if (type === Boolean && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}

function findProblems(config: object, variables: readonly RawVariable[]): string[] {
  const errors = new Map(validateSync(config).map((error) => [error.property, error]));
  return variables.flatMap((variable) => {
    if (variable.problem !== undefined) return [`${variable.name} ${variable.problem}`];
    const error = errors.get(variable.name);
    return error === undefined ? [] : [describe(variable, error)];
  });
}

function describe(variable: RawVariable, error: ValidationError): string {
  const rules = Object.values(error.constraints ?? {}).map((rule) => rule.replace(`${variable.name} `, ''));
  return `${variable.name} ${shown(variable)}: ${rules.join(', ')}`;
}

function shown({ name, value, fromFile }: RawVariable): string {
  if (value === undefined) return 'is not set';
  return `is ${fromFile || isSecretName(name) ? REDACTED : `'${redactText(value)}'`}`;
}

function invalid(problems: readonly string[]): AppError {
  const list = problems.map((problem) => `  - ${problem}`).join('\n');
  return AppError.terminal('config.invalid', `the environment is not usable:\n${list}`, {
    hint: 'Set NAME to a value, or NAME_FILE to the path of a file that holds it (a Docker secret).',
    facts: { problems },
  });
}
