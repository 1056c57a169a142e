// Rails and Sinatra with rack-cors, all of Debian, each as an application of one file; an action that raises.
import { PORTS } from '../lib/work.mjs';

const app = (recipe) => `
require 'action_controller/railtie'
require 'rack/cors'

class Api < Rails::Application
  config.root = __dir__
  config.eager_load = true
  config.secret_key_base = 'not secret'
  config.consider_all_requests_local = false
  config.logger = Logger.new(File::NULL)
  config.hosts.clear
end

${recipe}

class ItemsController < ActionController::API
  before_action { head :unauthorized if request.path == '/v1/private' && request.authorization.nil? }

  def items
    response.headers['X-Total-Count'] = '3'
    render json: {}
  end

  def broken
    raise 'broken'
  end
end

Rails.application.initialize!
Rails.application.routes.draw do
  get '/v1/items', to: 'items#items'
  put '/v1/items', to: 'items#items'
  get '/v1/private', to: 'items#items'
  get '/v1/broken', to: 'items#broken'
end
run Rails.application
`;

const sinatra = (recipe, line) => `
require 'sinatra/base'

class Api < Sinatra::Base
  set :environment, :production
  set :show_exceptions, false
  set :raise_errors, false
  set :logging, false
  ${line}
  before { halt 401 if request.path == '/v1/private' && request.env['HTTP_AUTHORIZATION'].nil? }
  items = proc { headers 'X-Total-Count' => '3'; content_type :json; '{}' }
  get('/v1/items', &items)
  put('/v1/items', &items)
  get('/v1/private', &items)
  get('/v1/broken') { raise 'broken' }
end
${recipe}
run Api
`;

const gems = async (work, names) => {
  const lines = await Promise.all(names.map((name) => work.run('dpkg-query', ['-W', '-f', '${Package} ${Version}', name])));
  return lines.map((line) => line.replace(/^ruby-/, '').replace(/ \d+:/, ' ').replace(/[-+][^ ]*$/, '')).join(', ')
    .replace('railties', 'Rails').replace('sinatra', 'Sinatra');
};
const start = (source) => async (work, pieces) => {
  await work.write('config.ru', source(pieces));
  return work.serve('puma', ['-b', `tcp://127.0.0.1:${PORTS.api}`, '-e', 'production', 'config.ru']);
};

export default [
  {
    id: 'rails',
    prepare: (work) => gems(work, ['ruby-railties', 'ruby-rack-cors', 'puma']),
    start: start((pieces) => app(pieces?.[0] ?? '')),
    mistakes: [
      { what: 'middleware.use', fault: /^404: blocked/, start: start((pieces) => app((pieces?.[0] ?? '').replace('insert_before 0,', 'use'))) },
    ],
  },
  {
    id: 'sinatra',
    prepare: (work) => gems(work, ['ruby-sinatra', 'ruby-rack-cors', 'puma']),
    start: start((pieces) => sinatra(pieces?.[0] ?? '', pieces?.[1] ?? '')),
    mistakes: [
      { what: 'use after authentication', fault: /^401: blocked/, start: start((pieces) => sinatra(`use(Class.new do
  def initialize(app) = @app = app
  def call(env) = env['PATH_INFO'] == '/v1/private' && !env['HTTP_AUTHORIZATION'] ? [401, {}, []] : @app.call(env)
end)
${pieces?.[0] ?? ''}`, '')) },
    ],
  },
];
