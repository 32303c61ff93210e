import { Duration } from 'aws-cdk-lib';
import {
  AlarmStatusWidget,
  Dashboard as CloudWatchDashboard,
  type IAlarm,
  type IWidget,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { exactly } from '../../parts/exactly.ts';
import type { Stage } from '../../parts/stage.ts';
import { Figures } from './figures.ts';
import { rowsOf, type Shown } from './rows.ts';

export interface DashboardProps extends Shown {
  readonly stage: Stage;
  readonly alarms: readonly IAlarm[];
}

/**
 * What an operator looks at when an alarm rings: a row for each question, in words. A stage with alarms has one, because
 * a dashboard costs 3 USD a month (the first three of an account are free), and nobody is called to another stage.
 */
export class Dashboard extends Construct {
  constructor(scope: Construct, id: string, { stage, alarms, ...shown }: DashboardProps) {
    super(scope, id);
    const dashboard = new CloudWatchDashboard(this, 'Dashboard', {
      dashboardName: `weelo-${stage.name}`,
      defaultInterval: Duration.hours(3),
    });
    const ringing = new AlarmStatusWidget({ title: '', alarms: [...alarms], width: 24, height: 4 });
    dashboard.addWidgets(heading('What rings', 'Each alarm says which runbook to open.'));
    dashboard.addWidgets(exactly<IWidget>(ringing));
    for (const { question, answer, widgets } of rowsOf(shown, new Figures(stage), stage)) {
      dashboard.addWidgets(heading(question, answer));
      dashboard.addWidgets(...widgets);
    }
  }
}

function heading(question: string, answer: string): IWidget {
  const markdown = `## ${question}\n${answer}`;
  return exactly<IWidget>(new TextWidget({ markdown, width: 24, height: 2 }));
}
