import type { Clock } from '../../agent/runtime/clock.ts';
import { type LevelledLogger, ThrottledLogger } from '../../agent/runtime/logger.ts';
import { FakeClock } from './fake-clock.ts';

/** A logger that keeps what it is told: level, message and fields. */
export class LogRecorder implements LevelledLogger {
  /** It keeps all, whatever this says. */
  level = 'info';
  readonly said: { readonly level: 'info' | 'warn' | 'error'; readonly message: string; readonly fields: object }[] = [];

  /** The same, as the stages of the pipeline use it. */
  throttled(clock: Clock = new FakeClock()): ThrottledLogger {
    return new ThrottledLogger(this, clock);
  }

  get messages(): string[] {
    return this.said.map(({ message }) => message);
  }

  info(fields: object, message: string): void {
    this.said.push({ level: 'info', message, fields });
  }

  warn(fields: object, message: string): void {
    this.said.push({ level: 'warn', message, fields });
  }

  error(fields: object, message: string): void {
    this.said.push({ level: 'error', message, fields });
  }
}
