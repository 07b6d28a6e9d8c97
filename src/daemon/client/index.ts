/**
 * The daemon as its clients have it. `withDaemon` starts it when there is none; `withRunningDaemon` leaves that be.
 * Nothing here opens the store, and nothing is sent to a socket that is not this user's alone.
 */
export { DaemonClient, type RequestOptions, type ToldEvent } from './client.ts'
export { type Connected, type ConnectOptions, connectDaemon, type NotConnected } from './connect.ts'
export { connectOrStart, daemonEnvironment, type StartOptions } from './start.ts'
