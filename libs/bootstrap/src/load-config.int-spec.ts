import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IsBoolean, IsInt, IsOptional, IsString, IsUrl, Max, Min } from 'class-validator';
import { loadConfig } from './load-config';
import { ServiceConfig } from './service-config';

class ProbeConfig extends ServiceConfig {
  @IsUrl({ protocols: ['amqp'], require_protocol: true, require_tld: false })
  readonly BROKER_URL!: string;

  @IsString()
  readonly BROKER_PASSWORD!: string;

  @IsInt()
  @Min(1)
  @Max(9)
  readonly RETRIES: number = 3;

  @IsBoolean()
  readonly VERBOSE: boolean = false;

  @IsOptional()
  @IsString()
  readonly NOTE?: string;
}

const good = { BROKER_URL: 'amqp://app@rabbitmq:5672', BROKER_PASSWORD: 'hunter2' };

describe('loadConfig', () => {
  let folder: string;

  beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'config-'))));
  afterAll(() => rmSync(folder, { recursive: true }));

  const file = (name: string, content: string): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };

  const messageOf = (env: Record<string, string>): string => {
    try {
      loadConfig(ProbeConfig, env);
    } catch (error) {
      expect(error).toMatchObject({ code: 'config.invalid', retryable: false });
      return (error as Error).message;
    }
    throw new Error('the configuration was accepted');
  };

  it('converts by declared type, keeps defaults, inherits, and freezes', () => {
    const config = loadConfig(ProbeConfig, { ...good, RETRIES: '5', VERBOSE: 'true', HTTP_PORT: '0' });
    expect(config).toMatchObject({
      RETRIES: 5,
      VERBOSE: true,
      HTTP_PORT: 0,
      LOG_LEVEL: 'info',
      NOTE: undefined,
    });
    expect(config).toBeInstanceOf(ProbeConfig);
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('takes any variable from the file that NAME_FILE names', () => {
    const env = {
      BROKER_URL: good.BROKER_URL,
      BROKER_PASSWORD_FILE: file('password', ' hunter2\n'),
      RETRIES_FILE: file('retries', '7\n'),
    };
    expect(loadConfig(ProbeConfig, env)).toMatchObject({ BROKER_PASSWORD: 'hunter2', RETRIES: 7 });
  });

  it('takes a variable set to nothing as not set', () => {
    expect(loadConfig(ProbeConfig, { ...good, RETRIES: '', NOTE: '' })).toMatchObject({ RETRIES: 3 });
  });

  it('lists everything that is wrong at once', () => {
    const message = messageOf({ BROKER_URL: 'rabbitmq', RETRIES: 'many', VERBOSE: 'yes', LOG_LEVEL: 'loud' });
    for (const part of [
      "BROKER_URL is 'rabbitmq'",
      'BROKER_PASSWORD is not set',
      "RETRIES is 'many'",
      "VERBOSE is 'yes'",
      "LOG_LEVEL is 'loud'",
    ]) {
      expect(message).toContain(part);
    }
  });

  it('never shows a secret', () => {
    const message = messageOf({
      BROKER_URL: 'ftp://app:hunter2@rabbitmq',
      BROKER_PASSWORD: 'x',
      RETRIES_FILE: file('bad', 'hunter2'),
    });
    expect(message).toContain('BROKER_URL');
    expect(message).toContain('RETRIES is [redacted]');
    expect(message).not.toContain('hunter2');
  });

  it('refuses two sources, and a file that is not there', () => {
    const message = messageOf({
      ...good,
      BROKER_PASSWORD_FILE: file('second', 'y'),
      RETRIES_FILE: join(folder, 'gone'),
    });
    expect(message).toContain('BROKER_PASSWORD is set twice');
    expect(message).toContain('RETRIES cannot be read');
  });
});
