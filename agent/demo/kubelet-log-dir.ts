import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type Clock, systemClock } from '../runtime/clock.ts';
import { ContainerLog } from './container-log.ts';
import type { Runtime } from './runtime-format.ts';

export interface KubeletOptions {
  readonly runtime?: Runtime;
  /** The kubelet's containerLogMaxFiles (default 5, at least 2). */
  readonly maxFiles?: number;
  readonly clock?: Clock;
}

/** Names of one container instance. `uid` and `attempt` have defaults that suit most tests. */
export interface ContainerNames {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly uid?: string;
  readonly attempt?: number;
}

/** A container instance and where it is: `link` is the name in `containers/` that points to `log.path`. */
export interface RunningContainer {
  readonly names: Required<ContainerNames>;
  readonly id: string;
  readonly link: string;
  readonly log: ContainerLog;
}

/**
 * A directory as the kubelet keeps it under /var/log: `pods/<namespace>_<pod>_<uid>/<container>/<attempt>.log` and absolute links
 * `containers/<pod>_<namespace>_<container>-<64 hex>.log` to them (kubernetes pkg/kubelet/kuberuntime/{helpers,legacy}.go); with docker
 * the log is itself a link to `docker/containers/<id>/<id>-json.log`.
 */
export class KubeletLogDir implements Disposable {
  readonly path: string;
  readonly #runtime: Runtime;
  readonly #maxFiles: number;
  readonly #clock: Clock;
  readonly #running = new Set<RunningContainer>();

  /** Makes `pods/` and `containers/` in `path`, which need not exist. */
  constructor(path: string, { runtime = 'containerd', maxFiles = 5, clock = systemClock }: KubeletOptions = {}) {
    this.path = path;
    this.#runtime = runtime;
    this.#maxFiles = maxFiles;
    this.#clock = clock;
    for (const folder of ['pods', 'containers']) mkdirSync(join(path, folder), { recursive: true });
  }

  /** Starts a container: first the log, then, as the kubelet does once the container runs, the link. */
  start(names: ContainerNames): RunningContainer {
    const container = this.startUnlinked(names);
    this.link(container);
    return container;
  }

  /** The moment between the first record and the link. */
  startUnlinked({ namespace, pod, container, uid = podUid(namespace, pod), attempt = 0 }: ContainerNames): RunningContainer {
    const names = { namespace, pod, container, uid, attempt };
    const path = join(this.path, 'pods', `${namespace}_${pod}_${uid}`, container, `${attempt}.log`);
    const id = createHash('sha256').update(path).digest('hex');
    mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
    const file = this.#runtime === 'docker' ? this.#makeDockerFile(path, id) : path;
    const log = new ContainerLog({ runtime: this.#runtime, path, file, maxFiles: this.#maxFiles, clock: this.#clock });
    const running: RunningContainer = { names, id, link: this.#linkPath(names, id), log };
    this.#running.add(running);
    return running;
  }

  link({ log, link }: RunningContainer): void {
    symlinkSync(log.path, link);
  }

  /** The container ends and the kubelet starts it again: the next attempt has a log, an id and a link of its own; the old ones stay. */
  restart(container: RunningContainer): RunningContainer {
    this.stop(container);
    return this.start({ ...container.names, attempt: container.names.attempt + 1 });
  }

  /** The container ends; its files stay until `removeContainer` or `removePod`. */
  stop(container: RunningContainer): void {
    container.log.exit();
    this.#running.delete(container);
  }

  /** Removes what a dead container left: every file whose name begins with its log's, then the link (kuberuntime_gc.go removeContainerLog). */
  removeContainer(container: RunningContainer): void {
    this.stop(container);
    const { path, file } = container.log;
    const folder = dirname(path);
    for (const name of readdirSync(folder)) if (name.startsWith(basename(path))) rmSync(join(folder, name));
    if (file !== path) rmSync(dirname(file), { recursive: true });
    rmSync(container.link, { force: true });
  }

  /** Removes the pod that `container` belongs to: its containers end, its directory goes, then the links. */
  removePod({ names: { namespace, pod, uid } }: RunningContainer): void {
    const folder = join(this.path, 'pods', `${namespace}_${pod}_${uid}`);
    for (const other of this.#running) if (other.log.path.startsWith(`${folder}/`)) this.stop(other);
    rmSync(folder, { recursive: true });
    const links = join(this.path, 'containers');
    for (const name of readdirSync(links)) if (name.startsWith(`${pod}_${namespace}_`)) rmSync(join(links, name));
  }

  /** Ends all containers; the directory stays. */
  [Symbol.dispose](): void {
    for (const container of this.#running) this.stop(container);
  }

  #makeDockerFile(path: string, id: string): string {
    const file = join(this.path, 'docker/containers', id, `${id}-json.log`);
    mkdirSync(dirname(file), { recursive: true });
    symlinkSync(file, path);
    return file;
  }

  /** At most 255 bytes with `.log`; what is cut is the end of the id (legacy.go logSymlink). */
  #linkPath({ pod, namespace, container }: ContainerNames, id: string): string {
    return join(this.path, 'containers', `${`${pod}_${namespace}_${container}-${id}`.slice(0, 251)}.log`);
  }
}

/** A uid as the API server gives them, but the same for the same names. */
function podUid(namespace: string, pod: string): string {
  const hash = createHash('md5').update(`${namespace}/${pod}`).digest('hex');
  return hash.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
