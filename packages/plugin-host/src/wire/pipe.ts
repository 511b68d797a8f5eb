/** The descriptor of the pipe between server and plugin-host process, in the latter. */
export const pipeDescriptor = 3;
