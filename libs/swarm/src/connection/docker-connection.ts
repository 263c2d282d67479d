import { Agent } from 'node:http';
import { Readable } from 'node:stream';
import Docker from 'dockerode';
import { Answer } from './answer';
import { capabilitiesOf, negotiateVersion } from './api-version';
import { DEFAULT_DOCKER_HOST, type DockerAddress, parseDockerHost } from './docker-host';
import { type EngineCapabilities } from './engine-capabilities';
import { toEngineError } from './engine-error';

/** Above the 20 s a manager gives its own calls, so that the engine's word arrives before we give up. */
const DEFAULT_TIMEOUT_MS = 25_000;
const MAX_SOCKETS = 16;
const SUCCESS = { 200: true, 201: true, 204: true };

export interface ConnectOptions {
  /** Path of a unix socket, `unix://…` or `tcp://host:port`; default /var/run/docker.sock. */
  readonly host?: string | undefined;
  /** For one call; default 25,000. */
  readonly timeoutMs?: number | undefined;
}

export interface EngineRequest {
  /** Completes "could not …" in errors. */
  readonly action: string;
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
  readonly signal?: AbortSignal | undefined;
}

type Callback = (error: unknown, answer: unknown) => void;

/** The one method of dockerode's client that is used: its resource methods lose queries and leak specs into headers and URLs. */
interface Modem {
  dial(options: object, callback: Callback): void;
}

/** A connection to a Swarm manager, with the API version agreed on. Dockerode is known here and nowhere else. */
export class DockerConnection {
  private constructor(
    readonly capabilities: EngineCapabilities,
    private readonly agents: { readonly calls: Agent; readonly streams: Agent },
    private readonly modems: { readonly calls: Modem; readonly streams: Modem },
    private readonly timeoutMs: number,
  ) {}

  /** Throws `swarm.unreachable`, `swarm.host_malformed`, `swarm.engine_too_old`, `swarm.engine_too_new`. */
  static async open(options: ConnectOptions = {}): Promise<DockerConnection> {
    const address = parseDockerHost(options.host ?? DEFAULT_DOCKER_HOST);
    const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    const apiVersion = await agreeOnVersion(address, timeoutMs);
    // streams stay open for long, so they must not take the sockets of calls
    const agents = {
      calls: new Agent({ keepAlive: true, maxSockets: MAX_SOCKETS }),
      streams: new Agent({ keepAlive: false }),
    };
    const modems = {
      calls: modemOf(address, agents.calls, apiVersion),
      streams: modemOf(address, agents.streams, apiVersion),
    };
    return new DockerConnection(capabilitiesOf(apiVersion), agents, modems, timeoutMs);
  }

  /** One question, one answer. Throws an `AppError` of this library, or the signal's reason when the caller aborts. */
  async call(request: EngineRequest): Promise<Answer> {
    const answer = await dial(this.modems.calls, request, { timeoutMs: this.timeoutMs });
    return new Answer(answer, request.path);
  }

  /** An answer that is read as it comes; ends with the request's signal and has no other time limit. */
  async stream(request: EngineRequest): Promise<Readable> {
    const answer = await dial(this.modems.streams, request, { isStream: true });
    return answer instanceof Readable
      ? answer
      : new Answer(answer, request.path).unexpected(undefined, 'a stream');
  }

  close(): void {
    this.agents.calls.destroy();
    this.agents.streams.destroy();
  }
}

async function agreeOnVersion(address: DockerAddress, timeoutMs: number): Promise<string> {
  const agent = new Agent();
  const request: EngineRequest = {
    action: 'ask the engine for its version',
    method: 'GET',
    path: '/version',
  };
  const answer = new Answer(await dial(modemOf(address, agent), request, { timeoutMs }), request.path);
  return negotiateVersion(answer.text('MinAPIVersion'), answer.text('ApiVersion'));
}

function modemOf(address: DockerAddress, agent: Agent, apiVersion?: string): Modem {
  // its types do not know the agent, which it hands on to node:http
  const options = { ...address, agent, ...(apiVersion === undefined ? {} : { version: `v${apiVersion}` }) };
  const docker = new Docker(options);
  return docker.modem;
}

async function dial(
  modem: Modem,
  request: EngineRequest,
  { timeoutMs, isStream = false }: { timeoutMs?: number; isStream?: boolean },
): Promise<unknown> {
  request.signal?.throwIfAborted();
  const signals = [request.signal, timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs)];
  const options = {
    method: request.method,
    path: request.query === undefined ? request.path : `${request.path}?`,
    options: wireOptions(request),
    statusCodes: SUCCESS,
    isStream,
    abortSignal: AbortSignal.any(signals.filter((signal) => signal !== undefined)),
  };
  const { error, answer } = await new Promise<{ readonly error: unknown; readonly answer: unknown }>(
    (resolve) => {
      modem.dial(options, (failure, success) => {
        resolve({ error: failure, answer: success });
      });
    },
  );
  if (error === null) return answer;
  request.signal?.throwIfAborted();
  throw toEngineError(error, request.action);
}

/** `_query` and `_body` keep the two apart: without them dockerode repeats the body, secrets included, in the URL. */
function wireOptions({ query, body }: EngineRequest): object | undefined {
  if (query === undefined && body === undefined) return undefined;
  return { _query: query ?? {}, ...(body === undefined ? {} : { _body: body }) };
}
