/** @import { Problem, Status } from "../schema/shared.js" */

/**
 * What crosses between the kernel and the page, of every widget. Buffers arrive as DataView under Jupyter, as other
 * views elsewhere.
 *
 * @typedef {[top: number, left: number, height: number, width: number]} WindowBox pixels of the network's input
 * @typedef {{row: number, column: number}} Point pixels of the network's input, fractions allowed
 * @typedef {DataView | Uint8Array | Uint8ClampedArray | ArrayBuffer} Bytes
 * @typedef {{height: number, width: number, data: Uint8Array, words?: string[]}} Picture RGB, row by row;
 *   of a sentence a word for each column
 *
 * @typedef {object} SharedState the traits that every widget has
 * @property {Status} status
 * @property {Problem | null} error
 * @property {string} code
 * @property {string} still the name of the picture in the output that stands in for the page
 *
 * @typedef {object} WidgetModel the part of anywidget's model that is used
 * @property {(name: string) => any} get
 * @property {(name: string, value: any) => void} set
 * @property {() => void} save_changes
 * @property {(name: string, callback: (...args: any[]) => void) => void} on
 * @property {(name: string, callback: (...args: any[]) => void) => void} off
 * @property {(content: any, callbacks?: any, buffers?: ArrayBuffer[]) => void} send
 * @property {boolean} [static] true in an exported page: there is no kernel
 * @property {WidgetManager} [widget_manager] that shows other widgets
 *
 * @typedef {{el: HTMLElement, remove: () => void, trigger?: (event: string) => void}} ChildView
 * @typedef {{get_model: (id: string) => Promise<object> | undefined, create_view: (model: object) =>
 *   Promise<ChildView>}} WidgetManager
 */

export {};
