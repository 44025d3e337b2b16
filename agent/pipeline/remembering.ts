import type { ChannelResume, ResumePoint } from '../model/position.ts';
import { type Channel, STDERR, STDOUT } from '../model/record.ts';

/** Where a source resumes, with what stages keep of its channels from there on; `memory` says that, empty for nothing. */
export function remembering([out, err]: ResumePoint, memory: (channel: Channel) => readonly number[]): ResumePoint {
  return [withMemory(out, memory(STDOUT)), withMemory(err, memory(STDERR))];
}

function withMemory(resume: ChannelResume, memory: readonly number[]): ChannelResume {
  return memory.length === 0 ? resume : { ...resume, state: { ...resume.state, memory } };
}
