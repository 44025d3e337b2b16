/** Where Docker keeps the logs that links in `pods/` lead to. */
export const DOCKER_LOG_ROOT = '/var/lib/docker/containers';
