// Rails with rack-cors, both of Debian, as an application of one file; authentication in the controller, an action that
// raises.
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

export default {
  id: 'rails',
  prepare: async (work) => {
    const names = ['ruby-railties', 'ruby-rack-cors', 'puma'];
    const lines = await Promise.all(names.map((name) => work.run('dpkg-query', ['-W', '-f', '${Package} ${Version}', name])));
    return lines.map((line) => line.replace(/^ruby-/, '').replace(/ \d+:/, ' ').replace(/[-+][^ ]*$/, '')).join(', ').replace('railties', 'Rails');
  },
  start: async (work, pieces) => {
    await work.write('config.ru', app(pieces?.[0] ?? ''));
    return work.serve('puma', ['-b', `tcp://127.0.0.1:${PORTS.api}`, '-e', 'production', 'config.ru']);
  },
};
