import { LogDemux } from './log-demux';
import { thrownBy } from '../test-matchers';

const frame = (stream: number, text: string): Buffer => {
  const body = Buffer.from(text);
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(body.length, 4);
  return Buffer.concat([header, body]);
};

const AT = '2026-11-23T21:00:00.123456789Z';
const time = new Date('2026-11-23T21:00:00.123Z');

describe('LogDemux', () => {
  it('tells streams and times from texts', () => {
    const lines = new LogDemux().push(
      Buffer.concat([frame(1, `${AT} out\n`), frame(2, `${AT} err with words\n`)]),
    );
    expect(lines).toEqual([
      { stream: 'stdout', time, text: 'out' },
      { stream: 'stderr', time, text: 'err with words' },
    ]);
  });

  it('gives the same lines however the bytes are cut', () => {
    const bytes = Buffer.concat([frame(1, `${AT} größer\n`), frame(2, `${AT} \n`), frame(1, `${AT} end`)]);
    const expected = new LogDemux().push(bytes);
    for (let size = 1; size < bytes.length; size += 1) {
      const demux = new LogDemux();
      const lines = [];
      for (let at = 0; at < bytes.length; at += size)
        lines.push(...demux.push(bytes.subarray(at, at + size)));
      expect(lines).toEqual(expected);
    }
    expect(expected.map((line) => line.text)).toEqual(['größer', '', 'end']);
  });

  it('keeps what the engine itself says apart from what the container wrote', () => {
    const lines = new LogDemux().push(
      Buffer.concat([frame(3, 'Error grabbing logs: node down\n'), frame(1, `${AT} out\n`)]),
    );
    expect(lines[0]).toEqual({ stream: 'system', time: undefined, text: 'Error grabbing logs: node down' });
    expect(lines[1]).toMatchObject({ stream: 'stdout', text: 'out' });
  });

  it('refuses bytes that are not multiplexed', () => {
    expect(thrownBy(() => new LogDemux().push(Buffer.from('\0\0\0\0\0\0\0\0plain')))).toMatchObject({
      code: 'swarm.unexpected_answer',
    });
  });

  it('says which task on which node wrote a line, when asked to', () => {
    const writer = 'com.docker.swarm.node.id=n1,com.docker.swarm.service.id=s1,com.docker.swarm.task.id=t1';
    const demux = new LogDemux({ details: true });
    const lines = demux.push(
      Buffer.concat([frame(1, `${AT} ${writer} two words\n`), frame(2, `${AT} ${writer} \n`)]),
    );
    expect(lines).toEqual([
      { stream: 'stdout', time, text: 'two words', taskId: 't1', nodeId: 'n1' },
      { stream: 'stderr', time, text: '', taskId: 't1', nodeId: 'n1' },
    ]);
    expect(demux.push(frame(3, 'Error grabbing logs: node down\n'))).toEqual([
      { stream: 'system', time: undefined, text: 'Error grabbing logs: node down' },
    ]);
  });

  it('refuses a frame without end before it has read it', () => {
    const header = Buffer.from([1, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff]);
    expect(thrownBy(() => new LogDemux().push(header))).toMatchObject({ code: 'swarm.unexpected_answer' });
  });
});
