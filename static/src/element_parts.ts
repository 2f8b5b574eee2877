/** What an element is made of, wired together: what is seen, what runs, what is set, saved and told. */

import { copyText } from "./clipboard";
import { ElementControls, type ControlEvents } from "./element_controls";
import { ElementJobs } from "./element_jobs";
import { ElementReports } from "./element_reports";
import { ElementRun } from "./element_run";
import { ElementSite } from "./element_site";
import { ElementView, type ViewHandlers } from "./element_view";
import { toFailure } from "./failure";
import { copied } from "./messages";
import type { PageSite } from "./page_site";
import { Presenter } from "./presenter";
import { Saving } from "./saving";

export class ElementParts {
  readonly view: ElementView;
  readonly presenter: Presenter;
  readonly reports: ElementReports;
  readonly site: ElementSite;
  readonly saving: Saving;
  readonly controls: ElementControls;
  readonly run: ElementRun;
  readonly jobs: ElementJobs;
  readonly #element: HTMLElement;
  readonly #internals: ElementInternals;

  /** `internals`: by which screen readers are told what the element is, unless the page says it by attributes. */
  constructor(element: HTMLElement, root: ShadowRoot, internals: ElementInternals) {
    this.#element = element;
    this.#internals = internals;
    internals.role = "group";
    this.view = new ElementView(root, this.#viewHandlers());
    this.presenter = new Presenter(this.view);
    this.reports = new ElementReports(element, this.view, this.presenter);
    this.site = new ElementSite(() => element.getAttribute("src"), (site) => { this.#meet(site); });
    this.saving = new Saving({ canvas: () => this.view.picture, picture: () => this.run.session.picture() }, {
      recording: (runs) => { this.view.showRecording(runs); },
      failed: (failure) => { this.reports.refused(failure); },
    });
    this.controls = new ElementControls(this.view.controls, this.#controlEvents());
    this.run = new ElementRun(element, this);
    this.jobs = new ElementJobs({
      session: () => this.run.session,
      choice: () => this.run.choice,
      remember: () => this.run.remember(),
      progress: (progress) => { this.presenter.job(progress); },
      notice: (notice) => { this.presenter.notice(notice); },
      failed: (failure) => { this.reports.refused(failure); },
    });
  }

  /** Every image among the files through the graph, as the visitor asks for it. */
  processFiles(files: readonly File[]): void {
    this.jobs.begin((jobs) => jobs.processFiles(files, {}));
  }

  /** Loads what the element needs, and begins what begins by itself. */
  appear(): void {
    try {
      this.site.base();
    } catch (error) {
      this.reports.failed(toFailure(error));
      return;
    }
    void this.showSamples();
    this.run.beginUnasked();
  }

  /** Another site or another backend: everything anew, at once if it had begun. */
  reload(hasBegun: boolean): void {
    this.run.release();
    this.site.forget();
    this.presenter.expect([]);
    this.controls.forget();
    this.view.showSettings(false);
    if (hasBegun) this.appear();
  }

  /** The site's samples, where they can be chosen. */
  async showSamples(): Promise<void> {
    if (!this.#element.hasAttribute("controls")) return;
    try {
      const { manifest } = this.site;
      const { samples } = await manifest;
      if (this.site.isCurrent(manifest)) this.view.showSamples(samples);
    } catch (error) {
      this.reports.failed(toFailure(error));
    }
  }

  #viewHandlers(): ViewHandlers {
    return {
      choose: (choice) => { this.run.begin(choice); },
      chooseFiles: (files) => { this.processFiles(files); },
      export: () => { this.jobs.begin((jobs) => jobs.exportVideo(null, {})); },
      toggle: () => { this.run.toggle(); },
      retry: () => { this.#retry(); },
      set: (name, value) => { this.controls.move(name, value); },
      reset: () => { this.controls.reset(); },
      link: () => { void this.#copyLink(); },
      save: () => { this.saving.savePicture(); },
      record: () => { this.saving.toggle(); },
    };
  }

  #controlEvents(): ControlEvents {
    return {
      wanted: () => this.site.manifest,
      changed: () => { this.run.settingsChanged(); },
      moved: () => { this.reports.tell("change", { values: this.controls.values }); },
      failed: (failure) => { this.reports.refused(failure); },
    };
  }

  #retry(): void {
    const { complaint } = this.presenter;
    this.presenter.forgive();
    if (complaint === "") return;
    if (this.run.choice === null) this.appear();
    else this.run.retry();
  }

  #meet({ title, name, controls, audio, steps }: PageSite): void {
    this.#internals.ariaLabel = title;
    this.presenter.expect(steps);
    this.view.showInput(audio === null ? "image" : "sound");
    this.saving.name = name;
    this.controls.meet(controls);
    this.view.showSettings(controls.length > 0);
  }

  async #copyLink(): Promise<void> {
    const { href } = this.controls.link(this.site.base());
    this.presenter.notice(copied(href, await copyText(href)));
  }
}
